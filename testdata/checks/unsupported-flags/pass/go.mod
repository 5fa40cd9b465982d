module example.com/unsupported-flags-pass

go 1.24
