def cadena(llamadas):
    pass


def sin_llamada(llamadas):
    pass
