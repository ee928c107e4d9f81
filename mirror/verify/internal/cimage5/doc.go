package cimage5

//go:generate sh -c "for f in explain.go explain_test.go; do sed -e 's#^package podmanio5#package cimage5#; s#Package podmanio5 asks go.podman.io/image, the library of Podman 6,#Package cimage5 asks containers/image, the library of Podman 5,#; s#^\\t\"go.podman.io/image/v5#\\t\"github.com/containers/image/v5#; s#^const module = \"go.podman.io#const module = \"github.com/containers#' ../podmanio5/${DOLLAR}f > ${DOLLAR}f; done; gofmt -w ."
