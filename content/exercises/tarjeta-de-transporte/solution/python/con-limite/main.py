LIMITE = -300


class Tarjeta:
    def __init__(self, saldo=0):
        self.saldo = saldo
        self.viajes = []

    def mover(self, monto):
        self.saldo = self.saldo + monto
        return self.saldo

    def cargar(self, monto):
        return self.mover(max(monto, 0))

    def viajar(self, precio):
        alcanza = self.saldo - precio >= LIMITE
        if alcanza:
            self.mover(-precio)
            self.viajes += [precio]
        return alcanza
