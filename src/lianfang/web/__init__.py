"""Pages for desk and phone: one design system, server-rendered, htmx for the moving parts."""
