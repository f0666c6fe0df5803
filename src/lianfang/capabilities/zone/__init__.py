"""封控与风险区: an order on a place with a basis, an end and a way to appeal; who has which door; household passes."""
