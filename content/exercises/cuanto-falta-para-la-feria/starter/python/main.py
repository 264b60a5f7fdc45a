def numero(dia):
    pass


def faltan(hoy, dia):
    pass


def proxima(hoy, uno, otro):
    pass
