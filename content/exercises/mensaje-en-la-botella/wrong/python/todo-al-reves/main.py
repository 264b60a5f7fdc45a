def descifrar(mensaje):
    return mensaje[::-1]
