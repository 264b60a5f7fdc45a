class Figura:
    pass


class Rectangulo(Figura):
    pass


class Cuadrado(Rectangulo):
    pass


class Triangulo(Figura):
    pass


def totales(figuras):
    pass
