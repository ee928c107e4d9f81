package docker

import (
	"bytes"
	"io/fs"
	"slices"
	"strings"

	"github.com/mirrorcfg/mirrorcfg/internal/jsonedit"
	"github.com/mirrorcfg/mirrorcfg/mirror"
)

// list sets what registry-mirrors shall be; no URLs clear it.
func (p *planner) list(urls []string, why string) {
	p.listed, p.why = append([]string{}, urls...), why
}

func (p *planner) finish(fsys fs.FS, options mirror.PlanOptions) (mirror.Plan, error) {
	var plan mirror.Plan
	p.checkLoneHosts()
	p.tellLeft()
	if err := p.planTree(fsys, &plan, options.Ownership); err != nil {
		return mirror.Plan{}, err
	}
	if err := p.planDaemon(&plan); err != nil {
		return mirror.Plan{Diagnostics: p.ds}, err
	}
	plan.Diagnostics = options.Settle(p.ds)
	if err := plan.Diagnostics.Err(); err != nil {
		return mirror.Plan{Diagnostics: plan.Diagnostics}, err
	}
	slices.SortFunc(plan.Changes, func(a, b mirror.Change) int { return strings.Compare(a.Path, b.Path) })
	return plan, nil
}

// checkLoneHosts reports registries whose hosts.toml names one host alone, where dockerd still goes by
// insecure-registries, provided that daemon.json says anything at all about registries.
func (p *planner) checkLoneHosts() {
	says := len(p.mirrors) > 0
	if p.listed != nil {
		says = len(p.listed) > 0
	}
	if !says && len(p.insecure.raw)+len(p.trust) == 0 {
		return
	}
	for _, i := range p.inTree {
		r := &p.want.Registries[i]
		e, at := r.Upstream, "upstream.skip_verify"
		switch {
		case mirrorsAlone(r) && len(r.Mirrors) == 1:
			e, at = &r.Mirrors[0], "mirrors[0].skip_verify"
		case e == nil || len(r.Mirrors) > 0:
			continue
		}
		u, err := mirror.ParseEndpointURL(e.URL)
		if err != nil || u.Scheme != "https" || e.TLS.SkipVerify == mirror.On || !p.insecure.covers(u.Host) {
			continue
		}
		d := mirror.Lost(mirror.LossTLSVerify, target(p.version), field(i, at), "insecure-registries, or a loopback address, covers "+u.Host)
		if e.TLS.SkipVerify == mirror.Unset {
			d.Severity = mirror.Warning // nothing was said about it
		}
		p.report(d)
	}
}

// planTree adds the changes of certs.d.
func (p *planner) planTree(fsys fs.FS, plan *mirror.Plan, own mirror.Ownership) error {
	if !p.hasTree() {
		return nil
	}
	hosts := p.registryHosts(p.writer())
	if own == mirror.Merge || own == mirror.Exclusive {
		t, err := hosts.Plan(fsys, p.want, p.inTree, own)
		if err != nil {
			return err
		}
		p.report(withoutVersions(t.Diagnostics)...)
		plan.Changes = append(plan.Changes, t.Changes...)
	}
	t, err := hosts.Plan(fsys, p.want, p.leaveTree, mirror.Remove)
	if err != nil {
		return err
	}
	p.report(withoutVersions(t.Diagnostics)...)
	for _, c := range t.Changes {
		if !slices.ContainsFunc(plan.Changes, func(x mirror.Change) bool { return x.Path == c.Path }) {
			plan.Changes = append(plan.Changes, c)
		}
	}
	return nil
}

// planDaemon adds the change of daemon.json, and what makes dockerd see it.
func (p *planner) planDaemon(plan *mirror.Plan) error {
	f, err := ParseDaemonFile(p.paths.Daemon, p.bytes)
	if err != nil {
		return err
	}
	var reasons []string
	if changed, err := p.editMirrors(f); err != nil {
		return err
	} else if changed {
		reasons = append(reasons, p.why)
	}
	if changed, err := p.editInsecure(f); err != nil {
		return err
	} else if changed {
		reasons = append(reasons, "registries whose certificate is not checked")
	}
	after := f.Format()
	if len(reasons) == 0 || bytes.Equal(after, p.bytes) {
		return nil
	}
	for _, d := range f.Check(p.writer().String()) {
		if d.Severity == mirror.Error {
			p.report(d) // a file that dockerd refuses is never written
		}
	}
	c := mirror.Change{Path: p.paths.Daemon, Kind: mirror.Create, After: after, Mode: 0o644, Reason: strings.Join(reasons, "; ")}
	if p.exists {
		c.Kind, c.Before, c.Mode = mirror.Update, p.bytes, p.mode
	}
	plan.Changes = append(plan.Changes, c)
	action := mirror.Action{Command: p.paths.Reload, Reason: "dockerd reads daemon.json when it starts or is told to reload"}
	if len(f.Mirrors().Items) > 0 && len(f.InsecureRegistries().Items) > 0 && !reloadKeepsInsecure.HasAll(p.version) {
		action = mirror.Action{Command: p.paths.Restart, Reason: "on reload this version forgets insecure-registries beside registry-mirrors"}
	}
	plan.Actions = append(plan.Actions, action)
	return nil
}

// editMirrors makes the list what it shall be, where it is not for dockerd.
func (p *planner) editMirrors(f *DaemonFile) (changed bool, err error) {
	if p.listed == nil {
		return false, nil
	}
	current := make([]string, 0, len(p.mirrors))
	for _, m := range p.mirrors {
		current = append(current, strings.TrimSuffix(m.Value, "/"))
	}
	if slices.Equal(current, p.listed) {
		return false, nil
	}
	return true, f.SetMirrors(p.listed...)
}

func (p *planner) editInsecure(f *DaemonFile) (changed bool, err error) {
	if len(p.trust)+len(p.distrust) == 0 {
		return false, nil
	}
	trusted, dropped := map[string]bool{}, map[string]bool{}
	for _, host := range p.trust {
		trusted[host] = true
	}
	for _, d := range p.distrust {
		switch {
		case !trusted[d.host]:
			dropped[d.host] = true
		case d.field != "":
			p.lost(mirror.LossTLSVerify, d.field, "insecure-registries has one entry for "+d.host+", which is not checked elsewhere")
		}
	}
	p.tellTrusted(trusted)
	if len(dropped) > 0 {
		if changed, err = f.dropInsecure(dropped); err != nil {
			return false, err
		}
	}
	var added []string
	for _, host := range p.trust {
		if trusted[host] && !p.insecure.hosts[host] {
			trusted[host] = false // once is enough
			added = append(added, host)
		}
	}
	if len(added) == 0 {
		return changed, nil
	}
	array, err := f.madeArray(insecureKey)
	if err != nil {
		return false, err
	}
	array.Append(fragments(added)...)
	return true, nil
}

// tellTrusted reports wanted registries that say nothing about their certificate, and whose host is in
// insecure-registries for its sake as a mirror.
func (p *planner) tellTrusted(trusted map[string]bool) {
	for i := range p.want.Registries {
		r := &p.want.Registries[i]
		insecure, _ := ownUpstream(r)
		if !trusted[r.Prefix] || insecure || r.Upstream != nil && r.Upstream.TLS.SkipVerify == mirror.Off {
			continue
		}
		d := mirror.Lost(mirror.LossTLSVerify, target(p.version), field(i, "upstream.skip_verify"), "insecure-registries has one entry for "+r.Prefix+", which is not checked as a mirror")
		d.Severity = mirror.Warning // nothing was said about it
		p.report(d)
	}
}

// dropInsecure removes the entries of hosts, with a scheme or without.
func (f *DaemonFile) dropInsecure(hosts map[string]bool) (changed bool, err error) {
	array, err := f.array(insecureKey)
	if array == nil {
		return false, err
	}
	return array.RemoveFunc(func(_ int, v jsonedit.Value) bool {
		text, _ := v.Text()
		e, ds := ValidateInsecureRegistry(text)
		return ds.Err() == nil && e.Host != "" && hosts[e.Host]
	}) > 0, nil
}
