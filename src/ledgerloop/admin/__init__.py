"""The admin pages: server-rendered, readable without JavaScript, nothing loaded from other hosts."""
