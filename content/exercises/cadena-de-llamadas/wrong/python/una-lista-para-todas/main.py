def cadena(llamadas):
    nombres = []
    for llama, recibe in llamadas:
        nombres += [llama, recibe]
    personas = dict.fromkeys(nombres, [])
    for llama, recibe in llamadas:
        if recibe != llama and recibe not in personas[llama]:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = set(cadena(llamadas))
    for llama, recibe in llamadas:
        if llama != recibe:
            quedan.discard(recibe)
    return sorted(quedan)
