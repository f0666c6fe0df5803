"""平急转换: one order switches an area between routine and emergency; going back starts the clock of what must go."""
