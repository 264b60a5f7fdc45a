class Tarjeta:
    def __init__(self, saldo=0):
        self.saldo = 0
        self.viajes = []

    def cargar(self, monto):
        if monto > 0:
            self.saldo += monto
        return self.saldo

    def viajar(self, precio):
        if self.saldo - precio < -300:
            return False
        self.saldo -= precio
        self.viajes.append(precio)
        return True
