"""What front ends may ask of a store, as plain JSON, however they ask: through the Jupyter server or through a kernel.

Nothing that a run left is ever loaded here: what is told of it stands in its record, and what it showed is plain data.
Answers are bounded, whatever a store holds.

- `search`, `descent`, `contrast`: answers that need more than one question
- `views`, `recorded`: commits and outputs as JSON
"""
