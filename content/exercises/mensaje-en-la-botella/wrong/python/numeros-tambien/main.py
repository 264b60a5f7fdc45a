def descifrar(mensaje):
    resultado = ""
    palabra = ""
    for signo in mensaje:
        if signo.isalnum():
            palabra = signo + palabra
        else:
            resultado += palabra + signo
            palabra = ""
    return resultado + palabra
