package tomledit_test

import (
	"fmt"
	"os"

	"github.com/mirrorcfg/mirrorcfg/internal/tomledit"
)

func ExampleParse() {
	doc, err := tomledit.Parse([]byte(`server = "https://registry-1.docker.io"

[host."https://a.example.com"]
capabilities = ["pull"]
[host."https://b.example.com"]
[host."https://a.example.com".header]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for table := range doc.Headers() {
		fmt.Println(table.Position(), table.Path())
	}
	capabilities, ok := doc.Lookup("host", "https://a.example.com", "capabilities").AsStrings()
	fmt.Println(capabilities, ok)
	// Output:
	// 3:1 [host https://a.example.com]
	// 5:1 [host https://b.example.com]
	// 6:1 [host https://a.example.com header]
	// [pull] true
}

func ExampleDocument_Edit() {
	doc, _ := tomledit.Parse([]byte(`# mirrors of the team
[[registry]]
prefix = "docker.io"  # the Hub

[[registry.mirror]]
location = "slow.example.com"

[[registry.mirror]]
location = "old.example.com" # goes in May
`))
	registry := doc.Lookup("registry").First()
	mirrors := registry.Child("mirror")

	e := doc.Edit()
	e.Set(registry, "blocked", tomledit.BoolValue(true))
	e.InsertTable(registry, tomledit.Before(mirrors.At(0)), tomledit.Section{
		Key: "mirror", Array: true,
		Fields: []tomledit.Field{{Key: "location", Value: tomledit.StringValue("fast.example.com")}},
	})
	e.Delete(mirrors.At(1))
	if err := e.Apply(); err != nil {
		fmt.Println(err)
	}
	_, _ = os.Stdout.Write(doc.Bytes())
	// Output:
	// # mirrors of the team
	// [[registry]]
	// prefix = "docker.io"  # the Hub
	// blocked = true
	//
	// [[registry.mirror]]
	// location = "fast.example.com"
	//
	// [[registry.mirror]]
	// location = "slow.example.com"
}

func ExampleAppendString() {
	out := tomledit.AppendHeader(nil, "host", "https://a.example.com")
	out = append(out, "ca = "...)
	out, err := tomledit.AppendString(out, "C:\\ca.pem")
	fmt.Println(string(out), err)
	// Output:
	// [host."https://a.example.com"]
	// ca = "C:\\ca.pem" <nil>
}
