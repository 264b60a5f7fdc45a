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

    def costo(self, precio_papel, precio_corte):
        return self.area() * precio_papel + self.corte() * precio_corte


class Cuadrado(Rectangulo):
    def __init__(self, lado):
        super().__init__(lado, lado)


class Triangulo(Figura):
    def __init__(self, base, altura):
        self.base = base
        self.altura = altura

    def area(self):
        return self.base * self.altura / 2

    def corte(self):
        return self.base + self.altura + (self.base ** 2 + self.altura ** 2) ** 0.5

    def costo(self, precio_papel, precio_corte):
        return self.area() * precio_papel + self.corte() * precio_corte


def totales(figuras):
    area = 0
    corte = 0
    for figura in figuras:
        area += figura.area()
        corte += figura.corte()
    return area, corte
