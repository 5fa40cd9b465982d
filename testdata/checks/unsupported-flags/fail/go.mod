module example.com/unsupported-flags-fail

go 1.24
