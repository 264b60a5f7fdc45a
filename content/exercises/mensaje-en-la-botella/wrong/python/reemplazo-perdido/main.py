def descifrar(mensaje):
    for palabra in mensaje.split():
        mensaje.replace(palabra, palabra[::-1])
    return mensaje
