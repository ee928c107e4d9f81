// Declares that the functions without a body are elsewhere.
