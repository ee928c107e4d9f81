package probe_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/mirrorcfg/mirrorcfg/mirror"
	"github.com/mirrorcfg/mirrorcfg/mirror/probe"
)

func ExampleProber_Probe() {
	good := httptest.NewServer(&registry{image: newImage(1, 4096)})
	defer good.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	want := mirror.Config{Registries: []mirror.Registry{{
		Prefix: "hub.example", Fallback: mirror.Off,
		Mirrors: []mirror.Endpoint{{URL: gone.URL}, {URL: good.URL}},
	}}}

	report, err := probe.Prober{References: []string{"hub.example/library/app:1"}}.Probe(context.Background(), want)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range report.Registries[0].Mirrors {
		fmt.Println(m.Verdict, m.Phase)
	}
	ranked, _ := report.Ranked(want, probe.DropDead)
	fmt.Println(ranked.Registries[0].Mirrors[0].URL == good.URL)
	// Output:
	// refused connect
	// ok done
	// true
}
