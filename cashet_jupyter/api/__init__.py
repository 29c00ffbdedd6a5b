"""What front ends may ask of a store, as plain JSON, however they ask: through the Jupyter server or through a kernel.

Nothing that a run left is ever loaded here: what is told of it stands in its record, and what it showed is plain data.
Answers are bounded, whatever a store holds.

- `questions`, `changes`: what may be asked, by route (`routes`); `refusal`: why there is no answer
- `request`: what a question may ask for, checked and bounded; `stores`: stores that are open
- `search`, `descent`, `contrast`, `usage`: answers that need more than one question of the store
- `views`, `recorded`: commits and outputs as JSON
"""
