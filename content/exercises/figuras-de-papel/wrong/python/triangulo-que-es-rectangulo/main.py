class Figura:
    def costo(self, precio_papel, precio_corte):
        return self.area() * precio_papel + self.corte() * precio_corte


class Rectangulo(Figura):
    def __init__(self, ancho, alto):
        self.ancho = ancho
        self.alto = alto

    def area(self):
        return self.ancho * self.alto

    def corte(self):
        return 2 * (self.ancho + self.alto)


class Cuadrado(Rectangulo):
    def __init__(self, lado):
        super().__init__(lado, lado)


class Triangulo(Rectangulo):
    def area(self):
        return self.ancho * self.alto / 2

    def corte(self):
        return self.ancho + self.alto + (self.ancho ** 2 + self.alto ** 2) ** 0.5


def totales(figuras):
    area = 0
    corte = 0
    for figura in figuras:
        area += figura.area()
        corte += figura.corte()
    return area, corte
