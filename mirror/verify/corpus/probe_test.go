package corpus

import ("testing";"time";"context"
"github.com/mirrorcfg/mirrorcfg/containerd"
"github.com/mirrorcfg/mirrorcfg/podman"
"github.com/mirrorcfg/mirrorcfg/docker"
"github.com/mirrorcfg/mirrorcfg/mirror"
"github.com/mirrorcfg/mirrorcfg/mirror/verify")

func TestProbe(t *testing.T){
 var es []mirror.Engine
 for _, v := range []string{"1.6","1.7","2.0","2.1","2.2","2.3","2.4"} { es=append(es, containerd.Engine{Version:v}) }
 es=append(es, podman.Engine{Library:"5.36.2"}, podman.Engine{Library:"5.42.0"}, docker.Engine{Version:"29.7"})
 files := mirror.Files{{Path:"/etc/containerd/config.toml",Data:[]byte("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/etc/containerd/certs.d\"\n")},{Path:"/etc/containerd/certs.d/docker.io/hosts.toml",Data:[]byte("[host.\"https://a.example\"]\n")}}
 for _, e := range es { 
  s:=time.Now(); p,err:=verify.For(context.Background(), e); if err!=nil {t.Fatal(err)}
  d:=time.Since(s); s=time.Now()
  for i:=0;i<10;i++ { r,err:=p.Explain(verify.FS(files), mirror.OpPull, "alpine:1","quay.io/a/b:1"); if err!=nil {t.Fatal(err)}; if i==0 {t.Log(e.Name(), r[0].Attempts, r[0].Err)} }
  t.Log(e.Name(), d, time.Since(s)/10)
 }
}
