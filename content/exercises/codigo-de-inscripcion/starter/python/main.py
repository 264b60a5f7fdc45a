def forma(codigo):
    pass


def letra_correcta(codigo):
    pass


def anio_correcto(codigo):
    pass


def valido(codigo):
    pass
