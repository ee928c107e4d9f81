package main

func Example() {
	main()
	// Output:
	// diff --git a/etc/containerd/certs.d/docker.io/hosts.toml b/etc/containerd/certs.d/docker.io/hosts.toml
	// new file mode 100644
	// --- /dev/null
	// +++ b/etc/containerd/certs.d/docker.io/hosts.toml
	// @@ -0,0 +1,6 @@
	// +[host."https://docker.m.daocloud.io"]
	// +  capabilities = ["pull", "resolve"]
	// +
	// +[host."https://harbor.corp.example/v2/hub"]
	// +  capabilities = ["pull"]
	// +  override_path = true
	// diff --git a/etc/containerd/config.toml b/etc/containerd/config.toml
	// new file mode 100644
	// --- /dev/null
	// +++ b/etc/containerd/config.toml
	// @@ -0,0 +1,4 @@
	// +version = 3
	// +
	// +[plugins."io.containerd.cri.v1.images".registry]
	// +config_path = "/etc/containerd/certs.d"
	// HEAD https://docker.m.daocloud.io/v2/library/alpine/manifests/3.20?ns=docker.io /etc/containerd/certs.d/docker.io/hosts.toml 1
	// HEAD https://registry-1.docker.io/v2/library/alpine/manifests/3.20 /etc/containerd/certs.d/docker.io/hosts.toml 0
}
