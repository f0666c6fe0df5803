"""Feature pages: one module per area, each with its own `urlpatterns`; `lianfang.web.urls.PAGES` lists them."""
