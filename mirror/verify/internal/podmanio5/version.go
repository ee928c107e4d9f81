package podmanio5

// readsEnvironment: from 5.40.0 on the library looks at
// CONTAINERS_REGISTRIES_CONF by itself.
const readsEnvironment = true

func forgetHome() {} // this version looks it up each time
