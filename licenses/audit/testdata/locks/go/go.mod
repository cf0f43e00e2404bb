module example.org/exemple

go 1.22

require (
	github.com/google/go-cmp v0.6.0
	golang.org/x/text v0.14.0 // indirect
)

require rsc.io/quote v1.5.2

replace rsc.io/quote => ../quote

exclude golang.org/x/text v0.13.0

tool golang.org/x/tools/cmd/stringer
