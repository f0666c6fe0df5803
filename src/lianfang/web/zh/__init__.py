"""Chinese of the pages, one module per area; the catalogue is made from them."""
