module github.com/certloupe/certloupe

go 1.26.0

// What npm installs is not ours to build or to format.
ignore ./wasm/node_modules

require (
	code.dny.dev/ssrf v0.3.0
	github.com/emmansun/gmsm v0.44.0
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	github.com/smallstep/certinfo v1.16.0
	github.com/spf13/cobra v1.10.2
	github.com/spf13/pflag v1.0.9
	golang.org/x/crypto v0.58.0
	golang.org/x/net v0.61.0
	golang.org/x/sync v0.24.0
	golang.org/x/sys v0.49.0
	golang.org/x/term v0.47.0
	golang.org/x/text v0.43.0
	golang.org/x/tools v0.52.0
)

require (
	github.com/google/certificate-transparency-go v1.3.2 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
)
