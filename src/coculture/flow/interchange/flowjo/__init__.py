"""FlowJo 10 workspaces (.wsp): the gates of the tubes that they name."""
