def cadena(llamadas):
    personas = {}
    for llama, recibe in llamadas:
        personas.setdefault(llama, [])
        personas.setdefault(recibe, [])
        if llama != recibe:
            personas[llama].append(recibe)
    return personas


def sin_llamada(llamadas):
    quedan = []
    for persona in cadena(llamadas):
        veces = 0
        for llama, recibe in llamadas:
            if recibe == persona and llama != persona:
                veces += 1
        if veces == 0:
            quedan.append(persona)
    return quedan
