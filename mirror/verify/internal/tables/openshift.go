package tables

func openshiftIntents() []Intent { return nil }
