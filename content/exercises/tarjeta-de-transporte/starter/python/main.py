class Tarjeta:
    pass
