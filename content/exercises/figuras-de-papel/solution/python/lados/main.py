from math import hypot


class Figura:
    def corte(self):
        return sum(self.lados)

    def costo(self, precio_papel, precio_corte):
        papel = precio_papel * self.area()
        return papel + precio_corte * self.corte()


class Rectangulo(Figura):
    def __init__(self, ancho, alto):
        self.lados = (ancho, alto, ancho, alto)

    def area(self):
        return self.lados[0] * self.lados[1]


class Cuadrado(Rectangulo):
    def __init__(self, lado):
        Rectangulo.__init__(self, lado, lado)


class Triangulo(Figura):
    def __init__(self, base, altura):
        self.lados = (base, altura, hypot(base, altura))

    def area(self):
        return 0.5 * self.lados[0] * self.lados[1]


def totales(figuras):
    return sum(f.area() for f in figuras), sum(f.corte() for f in figuras)
