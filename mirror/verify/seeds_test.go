package verify

// Seeds are files in the forms that people write, the odd ones included. The
// registry is reg.example throughout.

var hostsSeeds = []string{
	"",
	"# nothing\n",
	"server = \"https://up.example\"\n",
	"server = \"https://up.example\"\n\n[host]\n",
	`server = "https://up.example"

[host."https://a.example"]
  capabilities = ["pull", "resolve"]
  skip_verify = true

[host."https://b.example:5000/base"]
  capabilities = ["pull"]
  override_path = true
  [host."https://b.example:5000/base".header]
    x-team = "blue"
    x-more = ["a", "b"]

[host."http://c.example"]
  dial_timeout = "3s"
`,
	`capabilities = ["pull"]
override_path = true
skip_verify = true
[host."https://a.example"]
[host."https://b.example"]
[host."https://a.example".header]
x-late = "1"
`,
	`[host]
"https://a.example".capabilities = ["pull"]
"https://b.example" = {skip_verify = true}
`,
	`host."https://a.example".capabilities = ["pull"]
`,
	`host = {"https://a.example" = {capabilities = ["pull", "resolve"]}}
`,
	`[host.'https://a.example/v2/hub']
override_path = true
[host."https://b.example/v2/hub"]
[host."https://c.example/v2/"]
[host."d.example"]
[host."e.example/"]
`,
	`server = "https://docker.io"
[host."http://localhost:5000"]
skip_verify = false
[host."http://10.0.0.1:80"]
skip_verify = true
[host."HTTP://x.example"]
[host."httpd.local:5000"]
`,
	`[host."https://a.example"]
server = "https://lost.example"
capabilities = ["pull", "resolve", "push", "referrers"]
ca = "/etc/ssl/mirrors/ca.pem"
client = [["/etc/ssl/mirrors/client.pem", "/etc/ssl/mirrors/client.key"]]
`,
	`[host."https://a.example"]
ca = ["/etc/ssl/mirrors/none.pem"]
client = "both.pem"
`,
	`[host.mirror.local]
capabilities = ["pull"]
[host."http://[fd00::1]:5000"]
[host."http://u:p@h.example:8080/p?q#f"]
`,
	"\ufeffserver = \"https://up.example\"\n",
	"server = \"https://up.example\"\r\n[host.\"https://a.example\"]\r\ncapabilities = [\"pull\",]\r\n",
}

var hostsWords = []string{
	`"pull"`, `"resolve"`, `"push"`, `"referrers"`, `"PULL"`, `"pul"`, "true", "false", `"true"`, "[]", `""`, "1", `"3s"`, `"3"`, "{}",
	"capabilities", "Capabilities", "capability", "server", "host", "hosts", "skip_verify", "override_path", "header", "ca", "client", "dial_timeout", "insecure",
	"[host]", `[host."https://a.example"]`, `[host."https://z.example/p"]`, `[[host."https://a.example"]]`, `[host."https://a.example".header]`, "[header]",
	`"https://a.example"`, `"http://a.example:5000"`, `"a.example"`, `"https://a.example/v2"`, `"https://a.example/x/../y"`, `"ftp://a.example"`, `" https://a.example"`, `"https://[::1]:5000"`,
	`x-a = "b"`, `server = "https://s.example"`, "skip_verify = true", "override_path = true", `capabilities = ["pull"]`, `dial_timeout = "1s"`, `ca = "/etc/ssl/mirrors/ca.pem"`,
	"#", "=", "[", "]", ".", ",", "'", `"`, "\r", "\t", "{", "}",
}

var registriesSeeds = []string{
	"",
	"# nothing\n",
	`unqualified-search-registries = ["docker.io", "quay.io"]
short-name-mode = "permissive"

[[registry]]
location = "reg.example"

[[registry.mirror]]
location = "m.example/cache"
pull-from-mirror = "digest-only"

[[registry.mirror]]
location = "n.example:5000"
insecure = true
pull-from-mirror = "tag-only"

[aliases]
"app" = "reg.example/team/app"
`,
	`[[registry]]
prefix = "reg.example/team"
location = "other.example/x"
mirror-by-digest-only = true
[[registry.mirror]]
location = "m.example"
[[registry]]
prefix = "*.reg.example"
[[registry.mirror]]
location = "m.example/sub"
[[registry]]
location = "docker.io"
blocked = true
[[registry.mirror]]
location = "hub.example"
`,
	`[[registry]]
location = "reg.example"
blocked = true
[[registry]]
prefix = "reg.example/team/app"
location = "allowed.example/app"
insecure = true
namespace-proxy = "reg.example"
`,
	`[[registry]]
location = "reg.example"
mirror = [{location = "a.example"}, {location = "b.example", insecure = true}]
prefix = ""
unqualified-search-registries = ["x.example"]
[[registry.mirrors]]
location = "lost.example"
`,
	`[registries.search]
registries = ["docker.io"]
[registries.insecure]
registries = ["reg.example"]
[registries.block]
registries = ["docker.io"]
`,
	"\ufeff[[registry]]\r\nlocation = \"reg.example\"\r\n",
}

var registriesWords = []string{
	`"reg.example"`, `"*.example"`, `"reg.example/team"`, `"m.example/"`, `"https://m.example"`, `"m"`, `"m:5000"`, `"docker.io"`, `""`, `"/"`, `"M.example/UP"`, `"[::1]:5000"`, `"*"`, `"a.*.example"`,
	"true", "false", `"true"`, "1", "[]", `["docker.io"]`, `["docker.io/library"]`, `"all"`, `"digest-only"`, `"tag-only"`, `"none"`, `"enforcing"`, `"Permissive"`, `"disabled"`,
	"location", "prefix", "insecure", "blocked", "mirror-by-digest-only", "pull-from-mirror", "namespace-proxy", "unqualified-search-registries", "short-name-mode", "credential-helpers", "mirror", "tls-verify",
	"[[registry]]", "[[registry.mirror]]", "[registry]", "[registry.mirror]", "[[registries]]", "[aliases]", "[[registry.mirrors]]",
	`location = "m.example"`, `prefix = "reg.example"`, "blocked = true", "insecure = true", `pull-from-mirror = "digest-only"`, "mirror-by-digest-only = true", `namespace-proxy = "reg.example"`, `"app" = "reg.example/team/app"`, `"app" = ""`, `"reg.example/x" = "y"`,
	"#", "=", "[", "]", ".", ",", "'", `"`, "\r", "\t", "{", "}",
}

var daemonSeeds = []string{
	"",
	"{}",
	"null",
	`{"registry-mirrors": ["https://m.example"]}
`,
	`{
  "registry-mirrors": [
    "https://m.example/hub/",
    "http://n.example:5000",
    "https://10.0.0.7"
  ],
  "insecure-registries": ["reg.example", "n.example:5000", "10.0.0.0/8"]
}
`,
	`{
  "insecure-registries": ["http://reg.example", "m.example"],
  "registry-mirrors": []
}
`,
	"\ufeff{\"registry-mirrors\": [\"https://m.example/v2\"]}\n",
}

var daemonWords = []string{
	`"https://m.example"`, `"https://m.example/"`, `"http://m.example/v2/x"`, `"m.example"`, `"ftp://m.example"`, `"https://u:p@m.example"`, `"https://m.example?q"`, `"HTTPS://M.example"`,
	`"reg.example:5000"`, `"*.example"`, `"10.0.0.0/33"`, `"-x"`, `"docker.io"`, `"::1/128"`, `""`, "null", "true", "1", "{}", "[]",
	`"registry-mirrors":`, `"insecure-registries":`, ",", "[", "]", "{", "}", ":",
}
