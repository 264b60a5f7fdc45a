def descifrar(mensaje):
    pass
