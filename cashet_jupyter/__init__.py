"""Run a cell once; get back everything it left, at once, every time after that."""
