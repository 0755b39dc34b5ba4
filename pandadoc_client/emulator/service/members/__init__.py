"""Users, members, workspaces, and the keys that are made for them."""
