module github.com/certloupe/certloupe/bench

go 1.26.0

require (
	github.com/certloupe/certloupe v0.0.0
	github.com/emmansun/gmsm v0.44.0
	github.com/google/certificate-transparency-go v1.3.2
	github.com/huaweicloud/huaweicloud-sdk-go-v3 v0.1.207
	github.com/zmap/zcrypto v0.0.0-20260906180147-3ed30b1e9340
	github.com/zmap/zlint/v3 v3.7.3
	golang.org/x/crypto v0.58.0
)

require (
	code.dny.dev/ssrf v0.3.0 // indirect
	github.com/json-iterator/go v1.1.13-0.20220915233716-71ac16282d12 // indirect
	github.com/modern-go/concurrent v0.0.0-20180228061459-e0a39a4cb421 // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/weppos/publicsuffix-go v0.50.4-0.20260821095816-b0fdb5c2d345 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	gopkg.in/ini.v1 v1.67.0 // indirect
)

replace github.com/certloupe/certloupe => ../

// zcrypto asks for a commit between releases, which module proxies may not have.
replace github.com/weppos/publicsuffix-go => github.com/weppos/publicsuffix-go v0.50.3
