//go:build !linux

// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package linear

import "time"

func now() time.Duration { return time.Duration(time.Now().UnixNano()) }
