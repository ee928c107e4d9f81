package probe_test

import (
	"bytes"
	"context"
	pixels "image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chromium returns the browser, or skips the test where there is none;
// MIRRORCFG_E2E=require fails it instead.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no chromium: apt-get install chromium"
	if os.Getenv("MIRRORCFG_E2E") == "require" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// browse runs the browser on a file without any network.
func browse(t *testing.T, file string, flags ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	arguments := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
		"--proxy-server=127.0.0.1:1", "--disable-background-networking", "--no-first-run", "--user-data-dir=" + t.TempDir(),
	}, flags...)
	command := exec.CommandContext(ctx, chromium(t), append(arguments, (&url.URL{Scheme: "file", Path: file}).String())...)
	var out, complaints bytes.Buffer
	command.Stdout, command.Stderr = &out, &complaints
	command.Dir = t.TempDir()
	require.NoError(t, command.Run(), complaints.String())
	return out.Bytes()
}

// measured is the page with a script of the test's own, which writes down
// what a person would see: every text that is cut or that covers another.
const measured = `<script>
addEventListener("load", () => {
  const out = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map(t => ({t: t.textContent, b: t.getBoundingClientRect()}));
    for (const [i, a] of boxes.entries()) {
      if (a.b.right > frame.right || a.b.bottom > frame.bottom || a.b.left < frame.left) out.push("outside: " + a.t);
      for (const c of boxes.slice(i + 1))
        if (a.b.left < c.b.right && c.b.left < a.b.right && a.b.top + 3 < c.b.bottom && c.b.top + 3 < a.b.bottom) out.push("overlap: " + a.t + " / " + c.t);
    }
    out.push("texts: " + boxes.length);
    out.push("bars: " + svg.querySelectorAll("rect.latency, rect.throughput").length);
  }
  if (document.documentElement.scrollWidth > innerWidth) out.push("wider than the window");
  document.title = out.join("; ");
});
</script>`

func TestInBrowser(t *testing.T) {
	chromium(t)
	dir := t.TempDir()
	page := filepath.Join(dir, "report.html")
	// The page's own policy forbids scripts: the test's needs it gone.
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)
	html := sample().HTML()
	require.True(t, policy.Match(html))
	require.NoError(t, os.WriteFile(page, append(policy.ReplaceAll(html, nil), measured...), 0o644))
	dom := string(browse(t, page, "--dump-dom", "--window-size=1280,900"))
	title := regexp.MustCompile(`<title>([^<]*)</title>`).FindStringSubmatch(dom)
	require.NotNil(t, title)
	assert.Regexp(t, `^texts: \d+; bars: 11$`, title[1])
	narrow := string(browse(t, page, "--dump-dom", "--window-size=600,900"))
	assert.NotContains(t, narrow[:strings.Index(narrow, "</title>")], "wider than the window")
}

// The picture alone: its bars are there and as long as the numbers say.
func TestPictureInBrowser(t *testing.T) {
	chromium(t)
	dir := t.TempDir()
	svg := sample().SVG()
	size := regexp.MustCompile(`width="(\d+)" height="(\d+)" role`).FindSubmatch(svg)
	require.NotNil(t, size)
	file, shot := filepath.Join(dir, "report.svg"), filepath.Join(dir, "report.png")
	require.NoError(t, os.WriteFile(file, svg, 0o644))
	browse(t, file, "--screenshot="+shot, "--force-device-scale-factor=1", "--window-size="+string(size[1])+","+string(size[2]))
	data, err := os.ReadFile(shot)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(data))
	require.NoError(t, err)
	width, err := strconv.Atoi(string(size[1]))
	require.NoError(t, err)
	require.Equal(t, width, picture.Bounds().Dx())

	blue, green := runs(picture, color.RGBA{0x54, 0xae, 0xff, 255}), runs(picture, color.RGBA{0x4a, 0xc2, 0x6b, 255})
	// docker.io: upstream 212 of 420 ms, then 3, 41, 420 and 55 ms; quay.io: the only one.
	require.Len(t, blue, 6)
	for i, share := range []float64{212. / 420, 3. / 420, 41. / 420, 1, 55. / 420, 1} {
		assert.InDelta(t, max(share*165, 2), blue[i], 3, "latency bar %d", i)
	}
	// 3.1, 97, 11.2 and 6 of 101 MiB/s, and one of 19 KiB/s that has its least width.
	require.Len(t, green, 5)
	for i, share := range []float64{3.1 / 101, 97. / 101, 11.2 / 101, 0, 6. / 101} {
		assert.InDelta(t, max(share*165, 2), green[i], 3, "throughput bar %d", i)
	}
}

// runs returns the widths of the coloured bars from top to bottom. A mark
// covers a narrow bar for 8 pixels of its height; bars are 12 apart.
func runs(p pixels.Image, c color.RGBA) []int {
	var out []int
	blank := 100
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		first, last := -1, -1
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			r, g, b, _ := p.At(x, y).RGBA()
			if near(r>>8, c.R) && near(g>>8, c.G) && near(b>>8, c.B) {
				if first < 0 {
					first = x
				}
				last = x
			}
		}
		switch {
		case first < 0:
			blank++
		case blank > 10:
			out, blank = append(out, last-first+1), 0
		default:
			out[len(out)-1], blank = max(out[len(out)-1], last-first+1), 0
		}
	}
	return out
}

func near(have uint32, want uint8) bool {
	return max(have, uint32(want))-min(have, uint32(want)) < 12
}
