"""What does a cell do? Static facts from its syntax tree and from the bytecode that the compiler makes of it."""
