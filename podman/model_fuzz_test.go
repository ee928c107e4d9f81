package podman

import "testing"

// FuzzModel reads any file: what loads gives a model that a plan takes.
func FuzzModel(f *testing.F) {
	for _, text := range []string{styled, everythingText,
		reg("a.test", mir("m.test"), mir("m.test/", "insecure = true"), mir("m.test:99999")),
		reg("docker.io", "blocked = true\n", mir("M.test")),
		"unqualified-search-registries = ['Quay.io', 'b_b.test', '[::1]:5000']\n" + reg("index.docker.io/library", mir("m.test", "namespace-proxy = 'x y'")),
		"[[registry]]\nprefix = '*.test'\nblocked = true\n[[registry]]\nprefix = '[::1]:5000'\nlocation = 'a.test/A'\n",
	} {
		f.Add([]byte(text))
	}
	e := Engine{Library: "5.42.0"}
	f.Fuzz(func(t *testing.T, data []byte) {
		node := file(string(data)).fs()
		view, err := e.Read(node)
		if err != nil || view.Diagnostics().Err() != nil {
			return
		}
		config := view.Config()
		if err := config.Validate().Err(); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
	})
}
