package engines

// Kind is which program an engine is.
type Kind string

// The kinds.
const (
	Containerd Kind = "containerd"
	Dockerd    Kind = "dockerd"
	Skopeo     Kind = "skopeo"
	Podman     Kind = "podman"
	Buildah    Kind = "buildah"
)

// Component is one directory of the cache, obtained in one step.
type Component struct {
	Name     string // directory below the cache
	Optional bool   // installed only when asked for by name, and not missed when absent
	Kinds    []Kind // the engines it holds
	Base     string // the component whose root lies beneath, "" where its own root is whole
	recipe   recipe
}

// debianKinds are the engines of each Debian suite.
var debianKinds = []Kind{Containerd, Dockerd, Skopeo, Podman, Buildah}

// debianPackages are the packages that hold them, and what they need beside their dependencies.
var debianPackages = []string{
	"containerd", "docker.io", "skopeo", "podman", "buildah", "crun", "runc",
	"golang-github-containers-common", "golang-github-containers-image",
}

const baseRoot = "debian-trixie"

// Catalog is every component, oldest engines first.
func Catalog() []Component {
	return []Component{
		{Name: "debian-bookworm", Kinds: debianKinds, recipe: debianSuite{Suite: "bookworm", Packages: debianPackages}},
		{Name: "debian-trixie", Kinds: debianKinds, recipe: debianSuite{Suite: "trixie", Packages: debianPackages}},
		{Name: "debian-forky", Kinds: debianKinds, recipe: debianSuite{Suite: "forky", Packages: debianPackages}},
		{
			Name: "containerd-1.7.35", Optional: true, Kinds: []Kind{Containerd}, Base: baseRoot,
			recipe: goBuild{
				Kind: Containerd, Module: "github.com/containerd/containerd", Version: "v1.7.35", Wrapped: true,
				Packages: []string{"github.com/containerd/containerd/cmd/containerd", "github.com/containerd/containerd/cmd/ctr"},
				Variable: "github.com/containerd/containerd/version.Version",
			},
		},
		containerd2("v2.3.7"),
		containerd2("v2.4.2"),
		{
			Name: "dockerd-29", Optional: true, Kinds: []Kind{Dockerd}, Base: baseRoot,
			recipe: goBuild{
				Kind: Dockerd, Module: "github.com/moby/moby/v2", Version: "v2.0.0-beta.24", Release: "29",
				Packages: []string{"github.com/moby/moby/v2/cmd/dockerd"},
				Variable: "github.com/moby/moby/v2/dockerversion.Version",
			},
		},
	}
}

func containerd2(version string) Component {
	return Component{
		Name: "containerd-" + version[1:], Kinds: []Kind{Containerd}, Base: baseRoot,
		recipe: goBuild{
			Kind: Containerd, Module: "github.com/containerd/containerd/v2", Version: version,
			Packages: []string{"github.com/containerd/containerd/v2/cmd/containerd", "github.com/containerd/containerd/v2/cmd/ctr"},
			Variable: "github.com/containerd/containerd/v2/version.Version",
		},
	}
}
