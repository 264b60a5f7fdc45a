def descifrar(mensaje):
    resultado = ""
    palabra = ""
    for signo in mensaje:
        if signo.isalpha():
            palabra = signo + palabra
        else:
            resultado += palabra + signo
            palabra = ""
    return resultado
