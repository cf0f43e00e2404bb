//go:build !unix

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"time"
)

// processorTime is the time where the system does not tell that of the processor.
func processorTime() time.Duration { return time.Duration(time.Now().UnixNano()) }

// peakMemory is not known here.
func peakMemory(*os.ProcessState) int64 { return 0 }
