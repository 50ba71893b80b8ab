"""A real wechaty gateway for tests: Node, wechaty's own server, and a town of people instead of WeChat."""
