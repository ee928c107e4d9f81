package containerd

import (
	"slices"

	"github.com/mirrorcfg/mirrorcfg/internal/release"
)

// configOutcome is what a containerd does with one plugin key in a file of
// one config version.
type configOutcome uint8

const (
	// configRead: the settings hold.
	configRead configOutcome = iota
	// configIgnored: nothing is read and nothing is said.
	configIgnored
	// configLost: nothing is read; a warning is in the log.
	configLost
	// configRefused: containerd does not start.
	configRefused
)

// configRow is one row of the version table: the config versions that a file
// may have (0 is none written), the plugin key in it, and what the releases
// in a span do with it.
type configRow struct {
	files   []int
	key     PluginKey
	in      release.Span
	outcome configOutcome
	// wins: where another key is read too, this one replaces the whole
	// registry table.
	wins   bool
	why    string
	source string
}

const (
	loadV1     = "1.7.35 services/server/config/config.go ValidateV2, Decode"
	loadV2     = "2.2.9 cmd/containerd/server/config/config.go LoadConfig, MigrateConfigTo"
	loadV23    = "2.4.2 cmd/containerd/server/config/config.go LoadConfigWithPlugins"
	migrateCRI = "2.4.2 plugins/cri/images/plugin.go configMigration"
)

// configRows is the version table. The first row that fits is the one.
var configRows = []configRow{
	{files: []int{0, 1}, key: KeyCRI, in: release.Before("2.0"), outcome: configRead, source: loadV1},
	{files: []int{0, 1}, key: KeyGRPC, in: release.Before("2.0"), outcome: configIgnored, why: `a file without version = 2 has the key "cri"`, source: loadV1 + "; containerd#5236"},
	{files: []int{0, 1}, key: KeyImages, in: release.Before("2.0"), outcome: configIgnored, why: "containerd 1 does not know the key", source: loadV1},
	{files: []int{2}, key: KeyGRPC, in: release.Before("2.0"), outcome: configRead, source: loadV1},
	{files: []int{2}, key: KeyImages, in: release.Before("2.0"), outcome: configIgnored, why: "containerd 1 does not know the key", source: loadV1},
	{files: []int{2}, key: KeyCRI, in: release.Before("2.0"), outcome: configRefused, why: `version 2 wants the full key "io.containerd.grpc.v1.cri"`, source: loadV1},
	{files: []int{3, 4}, key: KeyImages, in: release.Between("1.6.32", "1.7"), outcome: configRefused, why: "containerd 1 supports config versions up to 2", source: loadV1},
	{files: []int{3, 4}, key: KeyGRPC, in: release.Between("1.6.32", "1.7"), outcome: configRefused, why: "containerd 1 supports config versions up to 2", source: loadV1},
	{files: []int{3, 4}, key: KeyImages, in: release.Between("1.7.17", "2.0"), outcome: configRefused, why: "containerd 1 supports config versions up to 2", source: loadV1},
	{files: []int{3, 4}, key: KeyGRPC, in: release.Between("1.7.17", "2.0"), outcome: configRefused, why: "containerd 1 supports config versions up to 2", source: loadV1},
	{files: []int{3, 4}, key: KeyGRPC, in: release.Before("2.0"), outcome: configRead, source: "1.6.31 and 1.7.16 services/server/config/config.go ValidateV2"},
	{files: []int{3, 4}, key: KeyImages, in: release.Before("2.0"), outcome: configIgnored, why: "containerd 1 does not know the key", source: "1.6.31 and 1.7.16 services/server/config/config.go ValidateV2"},

	{files: []int{0, 1}, key: KeyCRI, in: release.Between("2.0", "2.3"), outcome: configLost, why: "containerd 2.0 to 2.2 renames the plugin of an old file without moving its settings", source: loadV2},
	{files: []int{0, 1}, key: KeyGRPC, in: release.Between("2.0", "2.3"), outcome: configLost, why: "containerd 2.0 to 2.2 moves the settings of version 2 alone", source: loadV2},
	{files: []int{0, 1}, key: KeyImages, in: release.Between("2.0", "2.3"), outcome: configRead, source: loadV2},
	{files: []int{2}, key: KeyGRPC, in: release.From("2.0"), outcome: configRead, wins: true, source: migrateCRI},
	{files: []int{2}, key: KeyImages, in: release.From("2.0"), outcome: configRead, source: migrateCRI},
	{files: []int{3}, key: KeyImages, in: release.From("2.0"), outcome: configRead, source: loadV2},
	{files: []int{3}, key: KeyGRPC, in: release.Between("2.0", "2.3"), outcome: configLost, why: `version 3 keeps the settings under "io.containerd.cri.v1.images"`, source: loadV2},
	{files: []int{4}, key: KeyImages, in: release.Between("2.0", "2.3"), outcome: configRefused, why: "containerd before 2.3 supports config versions up to 3", source: loadV2},
	{files: []int{4}, key: KeyGRPC, in: release.Between("2.0", "2.3"), outcome: configRefused, why: "containerd before 2.3 supports config versions up to 3", source: loadV2},

	{files: []int{0, 1}, key: KeyCRI, in: release.From("2.3"), outcome: configRead, wins: true, source: loadV23},
	{files: []int{0, 1}, key: KeyGRPC, in: release.From("2.3"), outcome: configRead, wins: true, source: loadV23},
	{files: []int{0, 1}, key: KeyImages, in: release.From("2.3"), outcome: configRead, source: loadV23},
	{files: []int{3}, key: KeyGRPC, in: release.From("2.3"), outcome: configRead, wins: true, source: loadV23},
	{files: []int{4}, key: KeyImages, in: release.From("2.3"), outcome: configRead, source: loadV23},
	{files: []int{4}, key: KeyGRPC, in: release.From("2.3"), outcome: configLost, why: `version 4 keeps the settings under "io.containerd.cri.v1.images"`, source: loadV23},
}

// configRowFor finds the row; ok is false where no row fits, such as for a
// key that a version never had, which is ignored.
func configRowFor(file int, key PluginKey, v release.Version) (configRow, bool) {
	for _, row := range configRows {
		if row.key == key && slices.Contains(row.files, file) && (release.Feature{In: []release.Span{row.in}}).Has(v) {
			return row, true
		}
	}
	return configRow{}, false
}

// The rest of the table: what does not depend on the file's version.
var (
	newestConfigVersion = []struct {
		version int
		in      release.Feature
	}{
		{2, release.Feature{Name: "config versions up to 2", In: []release.Span{release.Between("1.6.32", "1.7"), release.Between("1.7.17", "2.0")}, Source: loadV1 + "; 1.6.31 and 1.7.16 take any"}},
		{3, release.Feature{Name: "config versions up to 3", In: []release.Span{release.Between("2.0", "2.3")}, Source: loadV2}},
		{4, release.Feature{Name: "config versions up to 4", In: []release.Span{release.From("2.3")}, Source: loadV23}},
	}
	imagesPlugin = release.Feature{Name: `plugin key "io.containerd.cri.v1.images", config version 3`, In: []release.Span{release.From("2.0")},
		Source: "2.0.14 plugins/cri/images/plugin.go, version/version.go"}
	nerdctlTransfer = release.Feature{Name: "nerdctl pulls through the transfer service, and gives it its first directory alone", In: []release.Span{release.From("2.0")},
		Source: "nerdctl 2.3 pkg/imgutil/transfer.go createOCIRegistry"}
	transferPull = release.Feature{Name: "CRI pulls go through the transfer service, which takes config_path for one directory",
		In: []release.Span{release.From("2.1")}, Source: "2.4.2 internal/cri/server/images/image_pull.go pullImageWithTransferService; containerd#12415"}
	localPullKey = release.Feature{Name: "key use_local_image_pull", In: []release.Span{release.From("2.1")},
		Source: "2.1.9 internal/cri/config/config.go ImageConfig; 2.0.14 does not have it"}
	defaultRoots = release.Feature{Name: "config_path has a default of two directories", In: []release.Span{release.From("2.2")},
		Source: "2.4.2 plugins/cri/images/plugin.go"}
	defaultRootsConflict = release.Feature{Name: "the default config_path conflicts with mirrors", In: []release.Span{release.Between("2.2.0", "2.2.2")},
		Source: "2.2.1 internal/cri/config/config_unix.go DefaultImageConfig; containerd#12612"}
	importsMergeDeep = release.Feature{Name: "imported plugin tables are merged, not replaced", In: []release.Span{release.From("2.0")},
		Source: "commit a21e379b6, 2.4.2 cmd/containerd/server/config/config.go mergeConfig"}
	importsMigrateEach  = release.Feature{Name: "each imported file is migrated on its own", In: []release.Span{release.From("2.3")}, Source: loadV23}
	importsVersionBound = release.Feature{Name: "an import of a higher config version is refused", In: []release.Span{release.Between("2.3.0", "2.3.5")},
		Source: "commit 21248d007, reverted in 2.3.5 and 2.4.0"}
	configsTLS = release.Feature{Name: "configs.*.tls holds", In: []release.Span{release.Before("2.0")},
		Source: "1.7.35 pkg/cri/config/config.go; removed in 2.0"}
	pluginNamesWhole = release.Feature{Name: "in config version 2 names of plugins are io.containerd.…, in its tables too; a dot is enough later", In: []release.Span{release.Before("2.0")},
		Source: "1.7.35 services/server/config/config.go ValidateV2; 2.4.2 cmd/containerd/server/config/config.go ValidateVersion"}
	pluginNamesAny = release.Feature{Name: "so are others of four parts", In: []release.Span{release.Before("1.7")},
		Source: "1.6.36 services/server/config/config.go ValidateV2; 1.7.12 wants io.containerd."}
)

// configFeatures lists the rows, for the documentation and its test.
var configFeatures = []*release.Feature{
	&imagesPlugin, &nerdctlTransfer, &transferPull, &localPullKey, &defaultRoots, &defaultRootsConflict, &importsMergeDeep, &importsMigrateEach, &importsVersionBound, &configsTLS,
	&pluginNamesWhole, &pluginNamesAny, &criService,
}

// maxConfigVersion is the highest config version a release starts with.
func maxConfigVersion(v release.Version) int {
	for _, row := range newestConfigVersion {
		if row.in.Has(v) {
			return row.version
		}
	}
	return 1 << 20
}
