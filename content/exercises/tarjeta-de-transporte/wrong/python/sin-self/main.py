class Tarjeta:
    def __init__(self, saldo=0):
        self.saldo = saldo
        self.viajes = []

    def cargar(monto):
        if monto > 0:
            saldo = saldo + monto
        return saldo

    def viajar(self, precio):
        if self.saldo - precio < -300:
            return False
        self.saldo -= precio
        self.viajes.append(precio)
        return True
