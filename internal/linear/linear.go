// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

// Package linear tells tests whether work grows in proportion to what it is done on, on a machine that does other work too.
package linear

import (
	"fmt"
	"runtime"
	"time"
)

// factor is how many times as large the larger input of [Check] is.
const factor = 8

// Of linear work the larger input takes about factor times as long, some more where memory becomes slow; of quadratic work, factor times
// that. What takes no longer than quick is not compared: it cannot come to much. The shortest of some tries counts.
const (
	tooMuch = 5 * factor
	quick   = 20 * time.Millisecond
	tries   = 10
)

// Time is what f takes of the processor; where the system does not tell that of one thread, it is what the clock says.
func Time(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := now()
	f()
	return now() - start
}

// Check does work on an input, for times 1, and on the same factor times as large. The error says that the work grows faster than the input.
func Check(work func(times int)) error {
	small, large := time.Hour, time.Hour
	for range tries {
		if large = min(large, Time(func() { work(factor) })); large < quick {
			return nil
		}
		if small = min(small, Time(func() { work(1) })); large < tooMuch*small {
			return nil
		}
	}
	return fmt.Errorf("%v, and %v for %d times as much", small, large, factor)
}
